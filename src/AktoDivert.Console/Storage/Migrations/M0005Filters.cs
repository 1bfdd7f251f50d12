using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Fifth schema: the different values of columns of calls, and a function by which the filter asks for words of prompts.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0005_Filters")]
internal sealed class M0005Filters : Migration
{
    /// <summary>Name of the function that asks for a word of a prompt. PostgreSQL inlines it, so that an index finds the word.</summary>
    public const string HasWord = "aktodivert_has_word";

    /// <summary>A column that has more different values is not looked up.</summary>
    private const int Most = 5000;

    private static readonly string[] Columns =
        ["DeviceId", "Device", "User", "App", "Process", "Host", "Method", "Path", "Protocol", "Rule", "Model", "Provider"];

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
                """);
            foreach (var column in Columns)
            {
                migrationBuilder.Sql($"""
                    INSERT INTO "CallValues" ("Column", "Value") SELECT '{column}', "{column}" FROM "Calls" GROUP BY "{column}" LIMIT {Most};
                    """);
            }
        }
    }
}
