namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>The machine-wide environment variables. Setting one tells running programs, so that new processes of theirs see it.</summary>
internal interface IMachineVariables
{
    /// <summary>A variable's value; null when it is not set.</summary>
    string? Get(string name);

    /// <summary>Sets a variable, or removes it with null.</summary>
    void Set(string name, string? value);
}
