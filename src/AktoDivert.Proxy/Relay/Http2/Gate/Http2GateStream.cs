using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>One stream of a guarded connection.</summary>
internal sealed class Http2GateStream(int id, long upWindow, long downWindow)
{
    public int Id => id;

    /// <summary>Towards the server.</summary>
    public FlowWindow UpWindow { get; } = new(upWindow);

    /// <summary>Towards the app.</summary>
    public FlowWindow DownWindow { get; } = new(downWindow);

    public HeldQueue UpQueue { get; } = new();

    public HeldQueue DownQueue { get; } = new();

    /// <summary>Judges it; null when it passes untouched.</summary>
    public GuardedExchange? Guard { get; set; }

    /// <summary>Content coding of the request; empty for none.</summary>
    public string RequestCoding { get; set; } = "";

    /// <summary>Whether the request's content-length went on to the server.</summary>
    public bool LengthDeclared { get; set; }

    /// <summary>Whether the whole request waits for one verdict.</summary>
    public bool Holding { get; set; }

    /// <summary>Whether that verdict is being made.</summary>
    public bool Judging { get; set; }

    /// <summary>Timestamp since which the request is held, or the response quiet.</summary>
    public long Since { get; set; }

    public bool RequestEnded { get; set; }

    public bool ResponseStarted { get; set; }

    public bool ResponseEnded { get; set; }

    /// <summary>Whether the response's content-length went on to the app.</summary>
    public bool ResponseLengthDeclared { get; set; }

    /// <summary>HEAD: no DATA in the answer.</summary>
    public bool IsHead { get; set; }

    /// <summary>Extended CONNECT to a WebSocket (RFC 8441), whose messages are judged one by one once the server agreed.</summary>
    public bool IsWebSocket { get; set; }

    /// <summary>Judges the response as it grows; null when it passes.</summary>
    public ResponseFilter? Filter { get; set; }

    /// <summary>The app's messages; null when it is no conversation.</summary>
    public Conversation? UpTalk { get; set; }

    /// <summary>The server's messages.</summary>
    public Conversation? DownTalk { get; set; }

    /// <summary>WebSocket frames of our own for the app, waiting for the end of the server's message.</summary>
    public List<ReadOnlyMemory<byte>> Notices { get; } = [];

    /// <summary>Whether the app gets our own answer, and the server nothing more.</summary>
    public bool Answered { get; set; }

    public FlowWindow Window(RelayDirection direction) => direction == RelayDirection.Up ? UpWindow : DownWindow;

    public HeldQueue Queue(RelayDirection direction) => direction == RelayDirection.Up ? UpQueue : DownQueue;

    public Conversation? Talk(RelayDirection direction) => direction == RelayDirection.Up ? UpTalk : DownTalk;

    public bool Ended(RelayDirection direction) => direction == RelayDirection.Up ? RequestEnded : ResponseEnded;

    public void Release()
    {
        Guard?.Dispose();
        Filter?.Dispose();
        UpTalk?.Dispose();
        DownTalk?.Dispose();
    }
}
