using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Ninth schema: when a device's agent was stopped.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0009_Departures")]
internal sealed class M0009Departures : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<long>("LeftMs", "Devices", nullable: false, defaultValue: 0L);
}
