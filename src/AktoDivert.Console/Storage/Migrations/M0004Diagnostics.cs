using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Fourth schema: diagnostics of devices, how forwarding goes, and for how long an app's calls are kept.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0004_Diagnostics")]
internal sealed class M0004Diagnostics : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "Diagnostics",
            t => new
            {
                DeviceId = t.Column<string>(),
                AskedBy = t.Column<string>(),
                AskedMs = t.Column<long>(),
                AnsweredMs = t.Column<long>(),
                Sealed = t.Column<byte[]>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_Diagnostics", d => d.DeviceId));
        migrationBuilder.CreateTable(
            "Forwards",
            t => new { Name = t.Column<string>(), Lost = t.Column<long>(), ForwardedMs = t.Column<long>(), LastError = t.Column<string>() },
            constraints: t => t.PrimaryKey("PK_Forwards", f => f.Name));
        migrationBuilder.Sql("""INSERT INTO "Forwards" ("Name", "Lost", "ForwardedMs", "LastError") SELECT "Name", 0, 0, '' FROM "Sequences" WHERE "Name" LIKE 'forward.%';""");
        migrationBuilder.AddColumn<int>("KeptDays", "Apps", nullable: true);
    }
}
