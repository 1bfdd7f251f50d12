namespace AktoDivert.Console.Api;

/// <summary>Body that adds domains: either all are added or none.</summary>
internal sealed record DomainEntries(IReadOnlyList<string> Domains);
