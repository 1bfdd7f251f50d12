namespace AktoDivert.Console.Hosting;

/// <summary>How a console runs.</summary>
public sealed record ConsoleOptions
{
    /// <summary>Where the database and keys are kept; made with mode 0700 when absent.</summary>
    public string DataDirectory { get; init; } = "/var/lib/aktodivert-console";

    /// <summary>
    /// Connection string of a PostgreSQL database, in Npgsql's form; null for a SQLite file in <see cref="DataDirectory"/>. Several consoles may
    /// share one database when they share the content key.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>File of the key that content is encrypted with; null for <c>content.key</c> in <see cref="DataDirectory"/>.</summary>
    public string? ContentKey { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons. The default is reachable from this machine only.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:7070";

    /// <summary>Path of an additional unix socket (mode 0600) for agents in other network namespaces; null for none.</summary>
    public string? Socket { get; init; }

    /// <summary>Calls received longer ago are deleted.</summary>
    public TimeSpan RetentionAge { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Most calls kept; the oldest make room.</summary>
    public long RetentionCount { get; init; } = 1_000_000;

    /// <summary>Bytes of uploads accepted but not yet stored, at most; further uploads are answered 429.</summary>
    public long IngestCapacity { get; init; } = 64 << 20;

    /// <summary>Identity provider that signs people in beside their passwords; null for none.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary>Akto data-ingestion service that calls are forwarded to; null for none.</summary>
    public ForwardOptions? ForwardToAkto { get; init; }

    /// <summary>OTLP/HTTP collector that calls are forwarded to as spans; null for none.</summary>
    public ForwardOptions? ForwardToOtlp { get; init; }

    /// <summary>Print a one-time sign-in link at start even when somebody can sign in already.</summary>
    public bool PrintSignInLink { get; init; }

    internal string DatabaseFile => Path.Combine(DataDirectory, Storage.StorageRegistration.FileName);

    internal string ContentKeyPath => ContentKey ?? Path.Combine(DataDirectory, Storage.ContentKeyFile.FileName);
}
