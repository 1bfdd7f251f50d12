using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>
/// Calls keyed by device and partitionable, violations, inventory, guardrails, audit log, configuration history, roles. Contents of the
/// first schema are set aside in <see cref="OldContents"/>; <see cref="OldContentSealing"/> encrypts them at the next start.
/// </summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0002_Console")]
internal sealed class M0002Console : Migration
{
    /// <summary>Table of contents that are compressed and not yet encrypted.</summary>
    public const string OldContents = "OldCallContents";

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        if (ActiveProvider!.Contains("Npgsql", StringComparison.Ordinal))
        {
            CallTables.CreatePartitioned(migrationBuilder);
        }
        else
        {
            CallTables.Rebuild(migrationBuilder);
        }

        CreateViolations(migrationBuilder);
        CreateInventory(migrationBuilder);
        CreateSettings(migrationBuilder);
        CreateOperations(migrationBuilder);
        CallTables.CountOld(migrationBuilder);
        Extend(migrationBuilder);
    }

    private static void CreateViolations(MigrationBuilder builder)
    {
        builder.CreateTable(
            "Violations",
            t => new
            {
                DeviceId = t.Column<string>(),
                Id = t.Column<string>(),
                CallId = t.Column<string>(),
                AtMs = t.Column<long>(),
                ReceivedMs = t.Column<long>(),
                Policy = t.Column<string>(),
                Detector = t.Column<string>(),
                Rule = t.Column<string>(),
                Entity = t.Column<string>(),
                Severity = t.Column<int>(),
                Verdict = t.Column<int>(),
                Monitor = t.Column<bool>(),
                Location = t.Column<string>(),
                Direction = t.Column<string>(),
                Evidence = t.Column<string>(),
                EvidenceHash = t.Column<string>(),
                Score = t.Column<double>(),
                Device = t.Column<string>(),
                User = t.Column<string>(),
                App = t.Column<string>(),
                Process = t.Column<string>(),
                Host = t.Column<string>(),
                Path = t.Column<string>(),
                Model = t.Column<string>(),
                ConversationId = t.Column<string>(),
                State = t.Column<int>(),
                Assignee = t.Column<string>(),
                TriagedMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_Violations", v => new { v.DeviceId, v.Id }));
        builder.CreateIndex("IX_Violations_Id", "Violations", "Id");
        builder.CreateIndex("IX_Violations_ReceivedMs", "Violations", "ReceivedMs");
        builder.CreateIndex("IX_Violations_CallId", "Violations", "CallId");
        builder.CreateTable(
            "ViolationComments",
            t => new
            {
                Id = Numbered(t),
                DeviceId = t.Column<string>(),
                ViolationId = t.Column<string>(),
                AtMs = t.Column<long>(),
                By = t.Column<string>(),
                Text = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_ViolationComments", c => c.Id));
        builder.CreateIndex("IX_ViolationComments_ViolationId", "ViolationComments", "ViolationId");
        builder.CreateTable(
            "Exceptions",
            t => new
            {
                Id = t.Column<string>(),
                Kind = t.Column<int>(),
                Value = t.Column<string>(),
                Policy = t.Column<string>(),
                Reason = t.Column<string>(),
                AddedBy = t.Column<string>(),
                AddedMs = t.Column<long>(),
                ExpiresMs = t.Column<long>(),
                ViolationId = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_Exceptions", e => e.Id));
    }

    private static void CreateInventory(MigrationBuilder builder)
    {
        builder.CreateTable(
            "AppSightings",
            t => new
            {
                DeviceId = t.Column<string>(),
                App = t.Column<string>(),
                Process = t.Column<string>(),
                ProcessPath = t.Column<string>(),
                Version = t.Column<string>(),
                Publisher = t.Column<string>(),
                User = t.Column<string>(),
                Calls = t.Column<long>(),
                Bytes = t.Column<long>(),
                Tokens = t.Column<long>(),
                Findings = t.Column<long>(),
                FirstMs = t.Column<long>(),
                LastMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_AppSightings", a => new { a.DeviceId, a.App, a.Process }));
        builder.CreateTable(
            "EndpointSightings",
            t => new
            {
                DeviceId = t.Column<string>(),
                Host = t.Column<string>(),
                PathFamily = t.Column<string>(),
                App = t.Column<string>(),
                User = t.Column<string>(),
                Model = t.Column<string>(),
                Provider = t.Column<string>(),
                Calls = t.Column<long>(),
                Bytes = t.Column<long>(),
                Findings = t.Column<long>(),
                FirstMs = t.Column<long>(),
                LastMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_EndpointSightings", e => new { e.DeviceId, e.Host, e.PathFamily, e.App, e.User, e.Model }));
        builder.CreateTable(
            "ToolSightings",
            t => new
            {
                DeviceId = t.Column<string>(),
                App = t.Column<string>(),
                Server = t.Column<string>(),
                Tool = t.Column<string>(),
                Offered = t.Column<long>(),
                Called = t.Column<long>(),
                FirstMs = t.Column<long>(),
                LastMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_ToolSightings", s => new { s.DeviceId, s.App, s.Server, s.Tool }));
        builder.CreateTable(
            "Traffic",
            t => new
            {
                DeviceId = t.Column<string>(),
                HourMs = t.Column<long>(),
                App = t.Column<string>(),
                Process = t.Column<string>(),
                Host = t.Column<string>(),
                Class = t.Column<string>(),
                Rule = t.Column<string>(),
                Flows = t.Column<long>(),
                BytesUp = t.Column<long>(),
                BytesDown = t.Column<long>(),
                LastMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_Traffic", f => new { f.DeviceId, f.HourMs, f.App, f.Process, f.Host, f.Class, f.Rule }));
        builder.CreateIndex("IX_Traffic_HourMs", "Traffic", "HourMs");
        builder.CreateTable(
            "Prices",
            t => new
            {
                Model = t.Column<string>(),
                Input = t.Column<double>(),
                Output = t.Column<double>(),
                CacheRead = t.Column<double>(),
                CacheWrite = t.Column<double>(),
                UpdatedBy = t.Column<string>(),
                UpdatedMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_Prices", p => p.Model));
    }

    private static void CreateSettings(MigrationBuilder builder)
    {
        builder.CreateTable(
            "Apps",
            t => new
            {
                App = t.Column<string>(),
                State = t.Column<int>(),
                Note = t.Column<string>(),
                Kept = t.Column<int>(nullable: true),
                UpdatedBy = t.Column<string>(),
                UpdatedMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_Apps", a => a.App));
        builder.CreateTable(
            "GuardrailPolicies",
            t => new
            {
                Id = t.Column<string>(),
                Name = t.Column<string>(),
                Enabled = t.Column<bool>(),
                Document = t.Column<string>(),
                Version = t.Column<int>(),
                UpdatedBy = t.Column<string>(),
                UpdatedMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_GuardrailPolicies", g => g.Id));
        builder.CreateTable(
            "Options",
            t => new { Name = t.Column<string>(), Value = t.Column<string>() },
            constraints: t => t.PrimaryKey("PK_Options", o => o.Name));
        builder.CreateTable(
            "ConfigurationVersions",
            t => new
            {
                Version = t.Column<long>(),
                AtMs = t.Column<long>(),
                By = t.Column<string>(),
                Summary = t.Column<string>(),
                Sections = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_ConfigurationVersions", v => v.Version));
        builder.CreateTable(
            "ConfigurationSections",
            t => new { Hash = t.Column<string>(), Packed = t.Column<byte[]>() },
            constraints: t => t.PrimaryKey("PK_ConfigurationSections", s => s.Hash));
    }

    private static void CreateOperations(MigrationBuilder builder)
    {
        builder.CreateTable(
            "AuditEntries",
            t => new
            {
                Id = Numbered(t),
                AtMs = t.Column<long>(),
                Who = t.Column<string>(),
                Role = t.Column<string>(),
                Address = t.Column<string>(),
                Action = t.Column<string>(),
                Target = t.Column<string>(),
                Detail = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_AuditEntries", a => a.Id));
        builder.CreateIndex("IX_AuditEntries_AtMs", "AuditEntries", "AtMs");
        builder.CreateTable(
            "NotificationTargets",
            t => new
            {
                Id = t.Column<string>(),
                Name = t.Column<string>(),
                Kind = t.Column<int>(),
                Address = t.Column<string>(),
                Recipients = t.Column<string>(),
                SealedSecret = t.Column<byte[]>(nullable: true),
                From = t.Column<int>(),
                Enabled = t.Column<bool>(),
                GroupSeconds = t.Column<int>(),
                MostPerHour = t.Column<int>(),
                LastError = t.Column<string>(),
                LastSentMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_NotificationTargets", n => n.Id));
        builder.CreateTable(
            "Presences",
            t => new
            {
                DeviceId = t.Column<string>(),
                Node = t.Column<string>(),
                Streams = t.Column<int>(),
                Delivered = t.Column<long>(),
                SeenMs = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_Presences", p => new { p.DeviceId, p.Node }));
        builder.CreateTable(
            "Keys",
            t => new { Name = t.Column<string>(), Sealed = t.Column<byte[]>() },
            constraints: t => t.PrimaryKey("PK_Keys", k => k.Name));
    }

    private static void Extend(MigrationBuilder builder)
    {
        builder.AddColumn<string>("Role", "People", nullable: false, defaultValue: "admin");
        builder.AddColumn<string>("Issuer", "People", nullable: false, defaultValue: "");
        builder.AddColumn<byte[]>("SealedTotp", "People", nullable: true);
        builder.AddColumn<bool>("TotpInForce", "People", nullable: false, defaultValue: false);
        builder.AddColumn<long>("TotpStep", "People", nullable: false, defaultValue: 0L);
        builder.AddColumn<long>("LastSignInMs", "People", nullable: false, defaultValue: 0L);
        builder.AddColumn<bool>("Disabled", "People", nullable: false, defaultValue: false);
        builder.AddColumn<string>("Name", "AccessTokens", nullable: false, defaultValue: "");
        builder.AddColumn<string>("Role", "AccessTokens", nullable: false, defaultValue: "");
        builder.AddColumn<string>("CreatedBy", "AccessTokens", nullable: false, defaultValue: "");
        builder.AddColumn<string>("Tags", "Devices", nullable: false, defaultValue: "");
        builder.AddColumn<long>("RetiredMs", "Devices", nullable: false, defaultValue: 0L);
        // Tokens for scripts were all an administrator's until now (4 is TokenKind.Admin).
        builder.Sql("""UPDATE "AccessTokens" SET "Role" = 'admin' WHERE "Kind" = 4""");
    }

    internal static OperationBuilder<AddColumnOperation> Numbered(ColumnsBuilder table) => table.Column<long>()
        .Annotation("Sqlite:Autoincrement", true)
        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
}
