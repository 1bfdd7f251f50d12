namespace AktoDivert.Console.SignIn;

/// <summary>Who a request comes from, and the names of the authorization policies that ask for it.</summary>
internal static class Roles
{
    /// <summary>May do everything. Also the policy of what only administrators may do, by page or by token.</summary>
    public const string Admin = "admin";

    /// <summary>May look at content and work on violations, but change no setting. Also the policy that lets analysts and administrators in.</summary>
    public const string Analyst = "analyst";

    /// <summary>May look at everything but content, people and tokens. Also the policy that lets everybody in who signed in, or has a token.</summary>
    public const string Viewer = "viewer";

    /// <summary>Name of the policy of pages: anybody who signed in. Tokens do not open pages.</summary>
    public const string Person = "person";

    /// <summary>An enrolled agent; its name claim is the agent id.</summary>
    public const string Device = "device";

    /// <summary>The roles of people and tokens, from the one that may do most.</summary>
    public static readonly IReadOnlyList<string> All = [Admin, Analyst, Viewer];

    /// <summary>The roles that may do at least what <paramref name="least"/> may.</summary>
    public static string[] From(string least) => [.. All.Take(All.ToList().IndexOf(least) + 1)];

    /// <summary>Whether <paramref name="role"/> may do what <paramref name="least"/> may.</summary>
    public static bool Reaches(string role, string least) => Array.IndexOf(From(least), role) >= 0;
}
