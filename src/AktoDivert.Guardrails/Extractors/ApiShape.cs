using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>One API's way of writing prompts and answers. Implementations are immutable and take any input.</summary>
internal abstract class ApiShape
{
    /// <summary>Id, for example <c>anthropic.messages</c>.</summary>
    public abstract string Id { get; }

    /// <summary>How this API says that a call is refused.</summary>
    public virtual Blocking.AnswerStyle Answers => Blocking.AnswerStyle.OpenAi;

    /// <summary>Whether a call goes to this API by host and path.</summary>
    public abstract bool Matches(CallTarget target);

    /// <summary>Whether a body on an unknown host is in this API's shape; gateways use the shapes of others.</summary>
    public virtual bool Sniffs(CallTarget target, JsonTree body) => false;

    /// <summary>Whether texts may be changed in place.</summary>
    public virtual bool CanRedact(CallTarget target) => true;

    /// <summary>How the server's messages over a WebSocket are cut.</summary>
    public virtual StreamFraming Messages => StreamFraming.Message;

    /// <summary>Reads facts and texts of a request.</summary>
    public abstract void ReadRequest(RequestReader request);

    /// <summary>Reads facts and texts of an answer that came whole.</summary>
    public virtual void ReadResponse(AnswerReader answer) => ReadEvent(answer);

    /// <summary>Reads one event of a streamed answer.</summary>
    public virtual void ReadEvent(AnswerReader answer)
    {
    }
}
