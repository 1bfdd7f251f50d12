using AktoDivert.Core.Flows;

namespace AktoDivert.Core.Exchanges;

/// <summary>What is known of an exchange beside its bytes and what the guard said: <see cref="Exchange"/> says what each member means.</summary>
public record struct ExchangeFacts
{
    /// <summary><see cref="Exchange.Flow"/>.</summary>
    public Flow Flow { get; set; }

    /// <summary><see cref="Exchange.StreamId"/>.</summary>
    public long StreamId { get; set; }

    /// <summary><see cref="Exchange.WebSocketTurn"/>.</summary>
    public int WebSocketTurn { get; set; }

    /// <summary><see cref="Exchange.Protocol"/>.</summary>
    public ExchangeProtocol Protocol { get; set; }

    /// <summary><see cref="Exchange.StatusCode"/>.</summary>
    public int StatusCode { get; set; }

    /// <summary><see cref="Exchange.Started"/>.</summary>
    public DateTimeOffset Started { get; set; }

    /// <summary><see cref="Exchange.StartTimestamp"/>.</summary>
    public long StartTimestamp { get; set; }

    /// <summary><see cref="Exchange.RequestEndTimestamp"/>.</summary>
    public long RequestEndTimestamp { get; set; }

    /// <summary><see cref="Exchange.FirstByteTimestamp"/>.</summary>
    public long FirstByteTimestamp { get; set; }

    /// <summary><see cref="Exchange.EndTimestamp"/>.</summary>
    public long EndTimestamp { get; set; }

    /// <summary><see cref="Exchange.AddedTicks"/>.</summary>
    public long AddedTicks { get; set; }

    /// <summary><see cref="Exchange.End"/>.</summary>
    public ExchangeEnd End { get; set; }

    /// <summary><see cref="Exchange.Incomplete"/>.</summary>
    public string? Incomplete { get; set; }
}
