using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>
/// The first schema. Migrations are written by hand because EF's design-time package cannot be had everywhere; a test compares the
/// migrated schema with the model.
/// </summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0001_Initial")]
internal sealed class M0001Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreateCalls(migrationBuilder);
        CreateAccess(migrationBuilder);
        CreateSettings(migrationBuilder);
    }

    private static void CreateCalls(MigrationBuilder builder)
    {
        builder.CreateTable(
            "Calls",
            t => new
            {
                Seq = t.Column<long>().Annotation("Sqlite:Autoincrement", true),
                Id = t.Column<string>(),
                DeviceId = t.Column<string>(),
                Device = t.Column<string>(),
                User = t.Column<string>(),
                App = t.Column<string>(),
                Process = t.Column<string>(),
                ProcessPath = t.Column<string>(),
                Pid = t.Column<int>(),
                Host = t.Column<string>(),
                Method = t.Column<string>(),
                Path = t.Column<string>(),
                Url = t.Column<string>(),
                Status = t.Column<int>(),
                Protocol = t.Column<string>(),
                Rule = t.Column<string>(),
                Destination = t.Column<string>(),
                Ja4 = t.Column<string>(),
                Flow = t.Column<string>(),
                Model = t.Column<string>(),
                Prompt = t.Column<string>(),
                InputTokens = t.Column<long>(nullable: true),
                OutputTokens = t.Column<long>(nullable: true),
                StartedMs = t.Column<long>(),
                ReceivedMs = t.Column<long>(),
                TtfbMs = t.Column<double>(nullable: true),
                DurationMs = t.Column<double>(),
                AddedUs = t.Column<double>(nullable: true),
                RequestBytes = t.Column<long>(),
                ResponseBytes = t.Column<long>(),
                End = t.Column<string>(),
                Incomplete = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_Calls", c => c.Seq));
        builder.CreateTable(
            "CallContents",
            t => new
            {
                Seq = t.Column<long>(),
                RequestHeaders = t.Column<byte[]>(),
                RequestBody = t.Column<byte[]>(),
                ResponseHeaders = t.Column<byte[]>(),
                ResponseBody = t.Column<byte[]>(),
                Messages = t.Column<byte[]>(nullable: true),
            },
            constraints: t =>
            {
                t.PrimaryKey("PK_CallContents", c => c.Seq);
                t.ForeignKey("FK_CallContents_Calls_Seq", c => c.Seq, "Calls", "Seq", onDelete: ReferentialAction.Cascade);
            });
        builder.CreateIndex("IX_Calls_Id", "Calls", "Id", unique: true);
        builder.CreateIndex("IX_Calls_ReceivedMs", "Calls", "ReceivedMs");
        builder.CreateIndex("IX_Calls_Host_Seq", "Calls", ["Host", "Seq"]);
        builder.CreateIndex("IX_Calls_App_Seq", "Calls", ["App", "Seq"]);
    }

    private static void CreateAccess(MigrationBuilder builder)
    {
        builder.CreateTable(
            "Devices",
            t => new
            {
                Id = t.Column<string>(),
                Name = t.Column<string>(),
                Os = t.Column<string>(),
                User = t.Column<string>(),
                AgentVersion = t.Column<string>(),
                EnrolledMs = t.Column<long>(),
                HeartbeatMs = t.Column<long>(),
                StartedTs = t.Column<long>(),
                State = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_Devices", d => d.Id));
        builder.CreateTable(
            "AccessTokens",
            t => new
            {
                Hash = t.Column<string>(),
                Kind = t.Column<int>(),
                DeviceId = t.Column<string>(nullable: true),
                CreatedMs = t.Column<long>(),
                ExpiresMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_AccessTokens", a => a.Hash));
        builder.CreateIndex("IX_AccessTokens_DeviceId", "AccessTokens", "DeviceId");
        builder.CreateTable(
            "People",
            t => new
            {
                Name = t.Column<string>(),
                PasswordHash = t.Column<string>(),
                Stamp = t.Column<string>(),
                Failures = t.Column<int>(),
                LockedUntilMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_People", p => p.Name));
    }

    private static void CreateSettings(MigrationBuilder builder)
    {
        builder.CreateTable(
            "ProxyPatterns",
            t => new
            {
                Pattern = t.Column<string>(),
                Intercept = t.Column<bool>(),
                AddedBy = t.Column<string>(),
                UpdatedMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_ProxyPatterns", p => p.Pattern));
        builder.CreateTable(
            "Domains",
            t => new
            {
                List = t.Column<int>(),
                Domain = t.Column<string>(),
                AddedBy = t.Column<string>(),
                AddedMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_Domains", d => new { d.List, d.Domain }));
        builder.CreateTable(
            "LearnedOverrides",
            t => new
            {
                Process = t.Column<string>(),
                Host = t.Column<string>(),
                Action = t.Column<string>(),
                AtSeconds = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_LearnedOverrides", o => new { o.Process, o.Host }));
        builder.CreateTable(
            "SettingsVersion",
            t => new { Id = t.Column<int>(), Version = t.Column<long>() },
            constraints: t => t.PrimaryKey("PK_SettingsVersion", v => v.Id));
    }
}
