using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>
/// The tables of calls in the second schema. On PostgreSQL they are partitioned by <see cref="CallRow.At"/>, which EF's builders cannot say;
/// in SQLite a key cannot be changed, so the table is made anew and filled from the old one.
/// </summary>
internal static class CallTables
{
    private static readonly (string Name, string Type)[] Columns =
    [
        ("DeviceId", "text"), ("At", "bigint"), ("Id", "text"), ("Seq", "bigint"), ("Device", "text"), ("User", "text"), ("App", "text"),
        ("Process", "text"), ("ProcessPath", "text"), ("Pid", "integer"), ("ParentPid", "integer"), ("ParentProcess", "text"),
        ("AppVersion", "text"), ("Host", "text"), ("Method", "text"), ("Path", "text"), ("Url", "text"), ("Status", "integer"),
        ("Protocol", "text"), ("Rule", "text"), ("Destination", "text"), ("Ja4", "text"), ("Decrypt", "text"), ("Verdict", "integer"),
        ("Findings", "integer"), ("Flow", "text"), ("Model", "text"), ("Provider", "text"), ("PathFamily", "text"),
        ("ConversationId", "text"), ("SealedPrompt", "bytea NULL"), ("PromptWords", "text"), ("InputTokens", "bigint NULL"),
        ("OutputTokens", "bigint NULL"), ("CacheReadTokens", "bigint NULL"), ("CacheWriteTokens", "bigint NULL"), ("ToolCalls", "integer"),
        ("Kept", "integer"), ("StartedMs", "bigint"), ("ReceivedMs", "bigint"), ("TtfbMs", "double precision NULL"),
        ("DurationMs", "double precision"), ("AddedUs", "double precision NULL"), ("RequestBytes", "bigint"), ("ResponseBytes", "bigint"),
        ("End", "text"), ("Incomplete", "text NULL"),
    ];

    private static readonly (string Name, string Type)[] ContentColumns = [("DeviceId", "text"), ("At", "bigint"), ("Id", "text"), ("Sealed", "bytea")];

    /// <summary>What columns that the first schema lacks hold for its rows; columns not named here are copied.</summary>
    private static readonly Dictionary<string, string> OldValues = new()
    {
        ["At"] = "\"StartedMs\"", ["ParentPid"] = "0", ["ParentProcess"] = "''", ["AppVersion"] = "''", ["Decrypt"] = "'intercepted'", ["Verdict"] = "0",
        ["Findings"] = "0", ["Provider"] = "''", ["PathFamily"] = "\"Path\"", ["ConversationId"] = "''", ["SealedPrompt"] = "NULL",
        ["PromptWords"] = "''", ["CacheReadTokens"] = "NULL", ["CacheWriteTokens"] = "NULL", ["ToolCalls"] = "0", ["Kept"] = "3",
    };

    /// <summary>Makes partitioned tables on PostgreSQL; there, no release ever filled the first schema's.</summary>
    public static void CreatePartitioned(MigrationBuilder builder)
    {
        builder.Sql("""DROP TABLE "CallContents"; DROP TABLE "Calls";""");
        builder.Sql($"""CREATE TABLE "Calls" ({Definition(Columns, sqlite: false)}, {Key("Calls")}) PARTITION BY RANGE ("At");""");
        builder.Sql($"""CREATE TABLE "CallContents" ({Definition(ContentColumns, sqlite: false)}, {Key("CallContents")}) PARTITION BY RANGE ("At");""");
        CreateIndexes(builder);
        CreateSequences(builder);
    }

    /// <summary>Makes the tables anew in SQLite and moves the rows.</summary>
    public static void Rebuild(MigrationBuilder builder)
    {
        // Made before the tables it reads from go: dropping those deletes their rows, and what references them.
        builder.Sql($"""
            CREATE TABLE "{M0002Console.OldContents}" AS SELECT "DeviceId", "StartedMs" AS "At", "Id", "Prompt", "RequestHeaders", "RequestBody",
            "ResponseHeaders", "ResponseBody", "Messages" FROM "Calls" JOIN "CallContents" USING ("Seq");
            """);
        builder.Sql($"""CREATE TABLE "NewCalls" ({Definition(Columns, sqlite: true)}, {Key("Calls")});""");
        var names = string.Join(", ", Columns.Select(c => $"\"{c.Name}\""));
        var values = string.Join(", ", Columns.Select(c => OldValues.GetValueOrDefault(c.Name, $"\"{c.Name}\"")));
        builder.Sql($"""INSERT INTO "NewCalls" ({names}) SELECT {values} FROM "Calls";""");
        builder.Sql("""DROP TABLE "CallContents"; DROP TABLE "Calls"; ALTER TABLE "NewCalls" RENAME TO "Calls";""");
        builder.Sql($"""CREATE TABLE "CallContents" ({Definition(ContentColumns, sqlite: true)}, {Key("CallContents")});""");
        CreateIndexes(builder);
        CreateSequences(builder);
    }

    /// <summary>Fills the inventory from the calls that were there before it.</summary>
    public static void CountOld(MigrationBuilder builder)
    {
        builder.Sql("""
            INSERT INTO "AppSightings" ("DeviceId", "App", "Process", "ProcessPath", "Version", "Publisher", "User", "Calls", "Bytes", "Tokens", "Findings", "FirstMs", "LastMs")
            SELECT "DeviceId", CASE WHEN "App" = '' THEN "Process" ELSE "App" END AS "Named", "Process", MAX("ProcessPath"), '', '', MAX("User"), COUNT(*),
            SUM("RequestBytes" + "ResponseBytes"), SUM(COALESCE("InputTokens", 0) + COALESCE("OutputTokens", 0)), 0, MIN("ReceivedMs"), MAX("ReceivedMs")
            FROM "Calls" GROUP BY "DeviceId", "Named", "Process";
            """);
        builder.Sql("""
            INSERT INTO "EndpointSightings" ("DeviceId", "Host", "PathFamily", "App", "User", "Model", "Provider", "Calls", "Bytes", "Findings", "FirstMs", "LastMs")
            SELECT "DeviceId", "Host", "PathFamily", CASE WHEN "App" = '' THEN "Process" ELSE "App" END AS "Named", "User", "Model", '', COUNT(*),
            SUM("RequestBytes" + "ResponseBytes"), 0, MIN("ReceivedMs"), MAX("ReceivedMs")
            FROM "Calls" GROUP BY "DeviceId", "Host", "PathFamily", "Named", "User", "Model";
            """);
    }

    private static void CreateIndexes(MigrationBuilder builder)
    {
        builder.CreateIndex("IX_Calls_Seq", "Calls", "Seq");
        builder.CreateIndex("IX_Calls_Id", "Calls", "Id");
        builder.CreateIndex("IX_Calls_ReceivedMs", "Calls", "ReceivedMs");
        builder.CreateIndex("IX_Calls_Host_Seq", "Calls", ["Host", "Seq"]);
        builder.CreateIndex("IX_Calls_App_Seq", "Calls", ["App", "Seq"]);
        builder.CreateIndex("IX_Calls_ConversationId_Seq", "Calls", ["ConversationId", "Seq"]);
    }

    private static void CreateSequences(MigrationBuilder builder)
    {
        builder.CreateTable(
            "Sequences",
            t => new { Name = t.Column<string>(), Last = t.Column<long>() },
            constraints: t => t.PrimaryKey("PK_Sequences", s => s.Name));
        builder.Sql($"""INSERT INTO "Sequences" ("Name", "Last") SELECT '{SequenceRow.Calls}', COALESCE(MAX("Seq"), 0) FROM "Calls";""");
    }

    private static string Key(string table) => $"""CONSTRAINT "PK_{table}" PRIMARY KEY ("DeviceId", "At", "Id")""";

    private static string Definition((string Name, string Type)[] columns, bool sqlite) => string.Join(",\n", columns.Select(c =>
    {
        var nullable = c.Type.EndsWith(" NULL", StringComparison.Ordinal);
        var type = nullable ? c.Type[..^5] : c.Type;
        return $"\"{c.Name}\" {(sqlite ? Sqlite(type) : type)} {(nullable ? "NULL" : "NOT NULL")}";
    }));

    private static string Sqlite(string type) => type switch
    {
        "text" => "TEXT",
        "bytea" => "BLOB",
        "double precision" => "REAL",
        _ => "INTEGER",
    };
}
