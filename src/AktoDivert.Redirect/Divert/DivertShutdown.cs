namespace AktoDivert.Redirect.Divert;

/// <summary>Which direction of a handle ends (WINDIVERT_SHUTDOWN of windivert.h 2.2).</summary>
[Flags]
internal enum DivertShutdown
{
    /// <summary>New packets pass by; what is queued can still be received, then comes <see cref="DivertError.NoData"/>.</summary>
    Receive = 1,

    /// <summary>Nothing more can be sent.</summary>
    Send = 2,

    /// <summary>Both.</summary>
    Both = 3,
}
