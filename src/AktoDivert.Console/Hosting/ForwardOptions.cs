namespace AktoDivert.Console.Hosting;

/// <summary>Where calls are forwarded to.</summary>
/// <param name="Address">Base address: <c>/api/ingestData</c> or <c>/v1/traces</c> stands below it.</param>
/// <param name="Authorization">Value of the <c>authorization</c> header; null for none.</param>
public sealed record ForwardOptions(Uri Address, string? Authorization = null);
