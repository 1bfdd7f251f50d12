namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>Those of this machine, in the registry.</summary>
internal sealed class MachineVariables : IMachineVariables
{
    /// <inheritdoc />
    public string? Get(string name) => Environment.GetEnvironmentVariable(name, EnvironmentVariableTarget.Machine);

    /// <inheritdoc />
    public void Set(string name, string? value) => Environment.SetEnvironmentVariable(name, value, EnvironmentVariableTarget.Machine);
}
