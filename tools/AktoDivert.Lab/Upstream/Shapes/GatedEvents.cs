using System.Collections.Concurrent;

namespace AktoDivert.Lab.Upstream.Shapes;

/// <summary>
/// <c>/gated?gate=</c> sends one event and the second only after somebody has asked for <c>/open?gate=</c>: a client that asks when it has
/// the first proves that nothing on the way held it back.
/// </summary>
internal static class GatedEvents
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();

    public static async Task AnswerAsync(HttpContext context)
    {
        var gate = Gate(context);
        await Answers.StreamAsync(context, [Answers.Event(new { number = 1 })], TimeSpan.Zero);
        await gate.Task.WaitAsync(Limit, context.RequestAborted);
        await context.Response.WriteAsync(Answers.Event(new { number = 2 }), context.RequestAborted);
        Gates.TryRemove(context.Request.Query["gate"].ToString(), out _);
    }

    public static Task OpenAsync(HttpContext context)
    {
        Gate(context).TrySetResult();
        return Answers.JsonAsync(context, 200, new { opened = true });
    }

    private static TaskCompletionSource Gate(HttpContext context) =>
        Gates.GetOrAdd(context.Request.Query["gate"].ToString(), _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
