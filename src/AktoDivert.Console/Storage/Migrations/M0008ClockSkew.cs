using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AktoDivert.Console.Storage.Migrations;

/// <summary>Eighth schema: how far a device's clock is off.</summary>
[DbContext(typeof(ConsoleDb))]
[Migration("0008_ClockSkew")]
internal sealed class M0008ClockSkew : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<long>("ClockSkewMs", "Devices", nullable: false, defaultValue: 0L);
}
