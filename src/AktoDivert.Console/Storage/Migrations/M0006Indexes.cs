using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>
/// Sixth schema, on PostgreSQL alone: statuses are looked up among the values that occur, and the indexes of calls that only filters use are those of
/// <see cref="CallIndex"/>, made by <see cref="CallIndexing"/> while calls are stored.
/// </summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0006_Indexes")]
internal sealed class M0006Indexes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        if (ActiveProvider!.Contains("Npgsql", StringComparison.Ordinal))
        {
            migrationBuilder.Sql("""
                INSERT INTO "CallValues" ("Column", "Value") SELECT 'Status', "Status"::text FROM "Calls" GROUP BY "Status" ON CONFLICT DO NOTHING;
                DROP INDEX "IX_Calls_Host_Seq", "IX_Calls_App_Seq", "IX_Calls_ReceivedMs";
                """);
        }
    }
}
