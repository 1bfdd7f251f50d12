namespace AktoDivert.Console.Storage;

/// <summary>What a token is good for. The numbers are stored.</summary>
internal enum TokenKind
{
    /// <summary>Used once, by an agent that enrols.</summary>
    Enrolment = 1,

    /// <summary>Sent by an enrolled agent with every request.</summary>
    Device = 2,

    /// <summary>Used once, by a person who opens the console.</summary>
    SignIn = 3,

    /// <summary>Sent by a script; its role says what it may do.</summary>
    Admin = 4,
}
