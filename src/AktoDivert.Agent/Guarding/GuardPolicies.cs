using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Agent.Guarding;

/// <summary>
/// Puts the guardrail policies of the device's file, of the console and of an Akto deployment in force, together. A policy of the console takes
/// the place of one of the same name in the file. Thread-safe.
/// </summary>
internal sealed class GuardPolicies(AgentOptions options, PolicyStore store, PolicyGuard guard)
{
    private readonly Lock _changing = new();
    private DateTime _fileTime;
    private IReadOnlyList<GuardrailPolicy> _file = [];
    private IReadOnlyList<GuardrailPolicy> _akto = [];
    private IReadOnlyList<PolicyError> _fileErrors = [];

    /// <summary>What is wrong with any of them; policies concerned are left out.</summary>
    public IReadOnlyList<string> Errors { get; private set; } = [];

    /// <summary>Names of the policies in force, with what they do.</summary>
    public IReadOnlyList<string> InForce =>
        [.. guard.Policies.Sources.Select(policy => $"{policy.Name} ({(policy.Monitor ? "monitor" : policy.Action)}, version {policy.Version})")];

    /// <summary>Takes the policies of an Akto deployment.</summary>
    public void TakeAkto(IReadOnlyList<GuardrailPolicy> policies)
    {
        lock (_changing)
        {
            _akto = policies;
            Publish();
        }
    }

    /// <summary>Reads the file if it changed, and puts everything in force.</summary>
    /// <returns>Whether the file was read.</returns>
    public bool Refresh(bool always)
    {
        lock (_changing)
        {
            var isRead = ReadFile();
            if (isRead || always)
            {
                Publish();
            }

            return isRead;
        }
    }

    private bool ReadFile()
    {
        if (options.Guard.PoliciesFile is not { } path)
        {
            return false;
        }

        // 1601 for a file that is not there, which is said once as well.
        var changed = File.GetLastWriteTimeUtc(path);
        if (changed == _fileTime)
        {
            return false;
        }

        _fileTime = changed;
        try
        {
            PolicyFile.Read(File.ReadAllBytes(path), out _file, out _fileErrors);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // What was in force stays until the file changes again.
            _fileErrors = [new PolicyError(path, $"cannot be read: {fault.Message.TrimEnd('.')}", "correct guard.policies, or put the file there")];
        }

        return true;
    }

    private void Publish()
    {
        var console = store.Guardrails ?? _akto;
        var names = console.Select(policy => policy.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        guard.Policies = PolicyCompiler.Compile([.. console, .. _file.Where(policy => !names.Contains(policy.Name))], out _);

        // Each source by itself, so that an error names the place where somebody can look.
        PolicyCompiler.Compile(console, out var consoleErrors, "$.guardrails");
        Errors = [.. _fileErrors.Concat(consoleErrors).Select(error => error.ToString())];
    }
}
