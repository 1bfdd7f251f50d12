namespace AktoDivert.Console.Storage;

/// <summary>A token in force. Tokens are 256 random bits, so a plain SHA-256 is as good as a slow hash; the token itself is never stored.</summary>
internal sealed class AccessTokenRow
{
    /// <summary>SHA-256 of the token, lower-case hex.</summary>
    public required string Hash { get; set; }

    public required TokenKind Kind { get; set; }

    /// <summary>Agent id for <see cref="TokenKind.Device"/>, else null.</summary>
    public string? DeviceId { get; set; }

    /// <summary>What it is for, as people named it.</summary>
    public string Name { get; set; } = "";

    /// <summary>A <c>Roles</c> name for <see cref="TokenKind.Admin"/>, else empty.</summary>
    public string Role { get; set; } = "";

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long CreatedMs { get; set; }

    /// <summary>Unix milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresMs { get; set; }
}
