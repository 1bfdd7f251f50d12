namespace AktoDivert.Guardrails.Policies;

/// <summary>What a detector of a policy looks at.</summary>
internal enum DetectorType
{
    /// <summary>Keys, tokens, passwords.</summary>
    Secrets,

    /// <summary>Personal data.</summary>
    Pii,

    /// <summary>Prompt injections and jailbreaks.</summary>
    PromptInjection,

    /// <summary>Source code.</summary>
    SourceCode,

    /// <summary>Denied topics.</summary>
    Topics,

    /// <summary>Words and phrases.</summary>
    Words,

    /// <summary>Regular expressions.</summary>
    Regex,

    /// <summary>Estimated tokens of a message.</summary>
    TokenLimit,

    /// <summary>Banned hosts and paths.</summary>
    Hosts,

    /// <summary>Tools of MCP servers.</summary>
    McpTools,

    /// <summary>Attachments by type and size.</summary>
    Attachments,

    /// <summary>Accounts that are not the company's.</summary>
    PersonalAccount,

    /// <summary>Evaluation by Akto's guardrail service.</summary>
    Remote,
}
