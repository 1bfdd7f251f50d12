using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Third schema: flows as agents report them. No agent reported any before, so the sums by hour begin empty.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0003_Flows")]
internal sealed class M0003Flows : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Flows",
            t => new
            {
                DeviceId = t.Column<string>(),
                At = t.Column<long>(),
                Id = t.Column<string>(),
                Device = t.Column<string>(),
                User = t.Column<string>(),
                App = t.Column<string>(),
                Process = t.Column<string>(),
                ProcessPath = t.Column<string>(),
                Pid = t.Column<int>(),
                Host = t.Column<string>(),
                Destination = t.Column<string>(),
                Decrypt = t.Column<string>(),
                Rule = t.Column<string>(),
                Reason = t.Column<string>(),
                Protocol = t.Column<string>(),
                Ja4 = t.Column<string>(),
                Ech = t.Column<bool>(),
                BytesUp = t.Column<long>(),
                BytesDown = t.Column<long>(),
                StartedMs = t.Column<long>(),
                EndedMs = t.Column<long>(nullable: true),
                DurationMs = t.Column<double>(),
                ReceivedMs = t.Column<long>(),
                End = t.Column<string>(),
                Detail = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_Flows", f => new { f.DeviceId, f.At, f.Id }));
        migrationBuilder.CreateIndex("IX_Flows_StartedMs", "Flows", "StartedMs");
        migrationBuilder.CreateIndex("IX_Flows_ReceivedMs", "Flows", "ReceivedMs");
        migrationBuilder.CreateIndex("IX_Flows_Host_StartedMs", "Flows", ["Host", "StartedMs"]);
        migrationBuilder.CreateIndex("IX_Flows_App_StartedMs", "Flows", ["App", "StartedMs"]);
    }
}
