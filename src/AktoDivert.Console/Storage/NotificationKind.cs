namespace AktoDivert.Console.Storage;

/// <summary>The ways to announce a violation. The numbers are stored.</summary>
internal enum NotificationKind
{
    Webhook = 1,
    Syslog = 2,
    Email = 3,
}
