namespace AktoDivert.Console.Storage;

/// <summary>An index that serves the filter of calls on PostgreSQL. EF's builders know neither its expressions nor its kinds.</summary>
/// <param name="Name">Short name; unlike a name that an earlier release gave to another definition.</param>
/// <param name="Definition">What follows the table's name in <c>CREATE INDEX</c>.</param>
internal sealed record CallIndex(string Name, string Definition)
{
    /// <summary>What the names of these indexes begin with; the model does not know them.</summary>
    public const string Prefix = "IX_Calls_Find_";

    /// <summary>Name of the index in the database.</summary>
    public string FullName => Prefix + Name;

    // Of each value the index keeps the calls, and what is added waits in a list until it is sorted in: all these columns cost a stored call less than
    // three indexes of a column.
    private const string Values = """
        "User", "Device", "DeviceId", "App", "Process", "Host", "Model", "Provider", "Rule", "Path", "Protocol", "Method", "Status", (string_to_array("PromptWords", ' '))
        """;

    // A search reads the list from end to end, so it is kept shorter than PostgreSQL's 4 MB.
    private const string Waiting = "WITH (gin_pending_list_limit = 1024)";

    /// <summary>The indexes whatever the server offers.</summary>
    private static readonly CallIndex[] Always =
    [
        new("Session", """(lower("ConversationId") text_pattern_ops)"""), new("Flow", """(lower("Flow") text_pattern_ops)"""),
        new("Pid_Number", """("Pid")"""), new("Duration", """("DurationMs")"""), new("Ttfb", """("TtfbMs")"""),
        new("Tokens", """(((COALESCE("InputTokens", 0) + COALESCE("OutputTokens", 0))::double precision))"""),
        new("Bytes", """((("RequestBytes" + "ResponseBytes")::double precision))"""),
        // Calls arrive in the order of this time, so an index of the least and largest of each few pages is enough.
        new("Received", """USING brin ("ReceivedMs") WITH (autosummarize = on)"""),
        // What is rare by nature is indexed alone.
        new("Error", """("Seq") WHERE "Status" >= 400 OR "Status" = 0"""), new("Verdict", """("Verdict", "Seq") WHERE "Verdict" <> 0"""),
        new("Some_Findings", """("Findings") WHERE "Findings" > 0"""), new("Some_Tools", """("ToolCalls") WHERE "ToolCalls" > 0"""),
        new("Incomplete", """("Seq") WHERE "Incomplete" IS NOT NULL"""), new("Decrypt", """("Decrypt", "Seq") WHERE "Decrypt" <> 'intercepted'"""),
    ];

    /// <summary>All indexes where the extension <c>btree_gin</c> is there, which lets an inverted index hold plain columns.</summary>
    public static IReadOnlyList<CallIndex> WithExtension { get; } = [.. Always, new("Values", $"USING gin ({Values}) {Waiting}")];

    /// <summary>All indexes where it is not: one for each column, which cost a stored call about half as much again.</summary>
    public static IReadOnlyList<CallIndex> WithoutExtension { get; } =
    [
        .. Always, new("Word", $"USING gin (string_to_array(\"PromptWords\", ' ')) {Waiting}"),
        .. new[] { "User", "Device", "DeviceId", "App", "Process", "Host", "Model", "Provider", "Rule", "Path", "Protocol", "Method" }.Select(c => new CallIndex(c, $"(\"{c}\")")),
        new("Status_Code", """("Status")"""),
    ];
}
