using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Seventh schema: what the organisation says about apps of the catalogue, and its own ones.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0007_CatalogueApps")]
internal sealed class M0007CatalogueApps : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
        "CatalogueApps",
        t => new
        {
            Id = t.Column<string>(),
            Redirect = t.Column<bool>(nullable: true),
            Name = t.Column<string>(),
            Selectors = t.Column<string>(),
            Hosts = t.Column<string>(),
            PassthroughHosts = t.Column<string>(),
            UpdatedBy = t.Column<string>(),
            UpdatedMs = t.Column<long>(),
        },
        constraints: t => t.PrimaryKey("PK_CatalogueApps", a => a.Id));
}
