using AktoDivert.Console.Calls.Filtering;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>
/// Fifth schema: the different values of columns of calls, and on PostgreSQL an index for each field of the filter language. EF's builders know no
/// indexes over expressions, and their columns alone are small: PostgreSQL keeps a repeated value once. What is rare by nature is indexed alone.
/// </summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0005_Filters")]
internal sealed class M0005Filters : Migration
{
    /// <summary>What the names of these indexes begin with: the model does not know them.</summary>
    public const string IndexPrefix = "IX_Calls_Find_";

    /// <summary>Name of the function that asks for a word of a prompt. It is inlined, so that the index below finds the word.</summary>
    public const string HasWord = "aktodivert_has_word";

    private static readonly (string Name, string Definition)[] Indexes =
    [
        ("User", """("User")"""), ("Device", """("Device")"""), ("Process", """("Process")"""), ("Model", """("Model")"""), ("Provider", """("Provider")"""),
        ("Rule", """("Rule")"""), ("Path", """("Path")"""), ("Protocol", """("Protocol")"""), ("Method", """("Method")"""),
        ("Session", """(lower("ConversationId") text_pattern_ops)"""), ("Flow", """(lower("Flow") text_pattern_ops)"""),
        ("Status", """(("Status"::double precision))"""), ("Pid", """(("Pid"::double precision))"""), ("Duration", """("DurationMs")"""), ("Ttfb", """("TtfbMs")"""),
        ("Tokens", """(((COALESCE("InputTokens", 0) + COALESCE("OutputTokens", 0))::double precision))"""),
        ("Bytes", """((("RequestBytes" + "ResponseBytes")::double precision))"""),
        ("Error", """("Seq") WHERE "Status" >= 400 OR "Status" = 0"""), ("Verdict", """("Verdict", "Seq") WHERE "Verdict" <> 0"""),
        // Whole, so that ANALYZE learns from them how rare more than 0 is.
        ("Findings", """(("Findings"::double precision))"""), ("Tools", """(("ToolCalls"::double precision))"""),
        ("Incomplete", """("Seq") WHERE "Incomplete" IS NOT NULL"""), ("Decrypt", """("Decrypt", "Seq") WHERE "Decrypt" <> 'intercepted'"""),
    ];

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "CallValues",
            t => new { Id = M0002Console.Numbered(t), Column = t.Column<string>(), Value = t.Column<string>() },
            constraints: t => t.PrimaryKey("PK_CallValues", v => v.Id));
        migrationBuilder.CreateIndex("IX_CallValues_Column_Value", "CallValues", ["Column", "Value"], unique: true);
        if (ActiveProvider!.Contains("Npgsql", StringComparison.Ordinal))
        {
            migrationBuilder.Sql($"""
                CREATE FUNCTION {HasWord}(words text, word text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT string_to_array(words, ' ') @> ARRAY[word] $$;
                CREATE INDEX "{IndexPrefix}Word" ON "Calls" USING gin (string_to_array("PromptWords", ' '));
                """);
            foreach (var (name, definition) in Indexes)
            {
                migrationBuilder.Sql($"""CREATE INDEX "{IndexPrefix}{name}" ON "Calls" {definition};""");
            }

            foreach (var column in CallValues.Names)
            {
                migrationBuilder.Sql($"""
                    INSERT INTO "CallValues" ("Column", "Value") SELECT '{column}', "{column}" FROM "Calls" GROUP BY "{column}" LIMIT {CallValues.Most};
                    """);
            }
        }
    }
}
