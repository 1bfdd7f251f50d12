using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Tenth schema: update rings.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0010_UpdateRings")]
internal sealed class M0010UpdateRings : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "UpdateRings",
        t => new { Name = t.Column<string>(), Position = t.Column<int>(), Tag = t.Column<string>(), Version = t.Column<string>() },
        constraints: t => t.PrimaryKey("PK_UpdateRings", r => r.Name));
}
