using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Notifications;

/// <summary>Gathers violations for one target into groups, and holds them to its rate. Not thread-safe.</summary>
internal sealed class NotificationBook
{
    private const int MostGroups = 1000;
    private const long Hour = 3_600_000;

    private readonly Dictionary<(string, string, string, string, string), NotificationGroup> _groups = [];
    private readonly Queue<long> _sent = [];

    /// <summary>Violations that were not announced because of the rate, since the last message.</summary>
    public int Held { get; private set; }

    /// <summary>Takes a violation that the target wants.</summary>
    public void Add(ViolationRow violation, NotificationTargetRow target, long nowMs)
    {
        var key = NotificationGroup.KeyOf(violation);
        if (_groups.TryGetValue(key, out var group))
        {
            group.Count++;
        }
        else if (_groups.Count < MostGroups)
        {
            _groups[key] = new NotificationGroup(violation, nowMs + (1000L * target.GroupSeconds));
        }
        else
        {
            Held++;
        }
    }

    /// <summary>Groups whose time has come, as many as the rate lets through; the others are counted in <see cref="Held"/>.</summary>
    public IReadOnlyList<NotificationGroup> Take(NotificationTargetRow target, long nowMs)
    {
        while (_sent.TryPeek(out var at) && at <= nowMs - Hour)
        {
            _sent.Dequeue();
        }

        var due = new List<NotificationGroup>();
        foreach (var (key, group) in _groups.Where(g => g.Value.DueMs <= nowMs).OrderByDescending(g => g.Value.First.Severity).ToList())
        {
            _groups.Remove(key);
            if (_sent.Count < target.MostPerHour)
            {
                _sent.Enqueue(nowMs);
                due.Add(group);
            }
            else
            {
                Held += group.Count;
            }
        }

        return due;
    }

    /// <summary>How many were held back so far; counting begins anew, because the message that is being made tells it.</summary>
    public int TakeHeld()
    {
        var held = Held;
        Held = 0;
        return held;
    }
}
