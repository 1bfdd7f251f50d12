namespace AktoDivert.Lab.Demo;

/// <summary>The product's programs that the demo runs.</summary>
/// <param name="Agent">Path of <c>aktodivert</c>.</param>
/// <param name="Console">Path of <c>aktodivert-console</c>.</param>
/// <param name="Port">Port of the console on 127.0.0.1; 0 for a free one.</param>
/// <param name="Database">Connection string of a PostgreSQL database for the console; null for its own file.</param>
internal sealed record DemoPrograms(string Agent, string Console, int Port, string? Database = null);
