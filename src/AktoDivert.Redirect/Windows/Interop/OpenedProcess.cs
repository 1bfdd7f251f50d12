using System.Runtime.Versioning;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;

namespace AktoDivert.Redirect.Windows.Interop;

/// <summary>A process opened with the least right that tells who it is. No member throws; what is not told is empty.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class OpenedProcess : IDisposable
{
    private const int LongestPath = 32_768;
    private readonly SafeProcessHandle _process;

    private OpenedProcess(SafeProcessHandle process) => _process = process;

    /// <summary>Opens; null when it is gone or protected.</summary>
    public static OpenedProcess? Open(int processId)
    {
        var process = ProcessNative.OpenProcess(ProcessNative.QueryLimitedInformation, false, processId);
        if (!process.IsInvalid)
        {
            return new OpenedProcess(process);
        }

        process.Dispose();
        return null;
    }

    /// <summary>Ids of all processes.</summary>
    public static IReadOnlyList<int> All()
    {
        var ids = new int[1024];
        while (true)
        {
            fixed (int* first = ids)
            {
                if (!ProcessNative.EnumProcesses(first, (uint)ids.Length * sizeof(int), out var bytes))
                {
                    return [];
                }

                // A full array may have been too small.
                if (bytes < (uint)ids.Length * sizeof(int))
                {
                    return ids[..(int)(bytes / sizeof(int))];
                }
            }

            ids = new int[ids.Length * 2];
        }
    }

    /// <summary>Full path of the executable.</summary>
    public string Path()
    {
        var buffer = new char[LongestPath];
        var length = (uint)buffer.Length;
        fixed (char* name = buffer)
        {
            return ProcessNative.QueryFullProcessImageName(_process, 0, name, ref length) ? new string(name, 0, (int)length) : "";
        }
    }

    /// <summary>When it started.</summary>
    public DateTimeOffset Started() => ProcessNative.GetProcessTimes(_process, out var creation, out _, out _, out _)
        ? FileTime.ToTime(creation)
        : DateTimeOffset.MinValue;

    /// <summary>The process that started it, which may be gone and its number another's.</summary>
    public int Parent()
    {
        ProcessNative.ProcessBasicInformation basic;
        return ProcessNative.NtQueryInformationProcess(_process, ProcessNative.BasicInformation, &basic, (uint)sizeof(ProcessNative.ProcessBasicInformation), out _) == 0
            ? (int)basic.InheritedFromUniqueProcessId
            : 0;
    }

    /// <summary>The command line.</summary>
    public string CommandLine()
    {
        // A UNICODE_STRING that points behind itself, at most 65,534 bytes of text.
        var buffer = new byte[sizeof(ProcessNative.UnicodeString) + ushort.MaxValue + sizeof(char)];
        fixed (byte* start = buffer)
        {
            var status = ProcessNative.NtQueryInformationProcess(_process, ProcessNative.CommandLineInformation, start, (uint)buffer.Length, out _);
            var text = (ProcessNative.UnicodeString*)start;
            var fits = status == 0 && text->Text >= start + sizeof(ProcessNative.UnicodeString)
                && (byte*)text->Text + text->Bytes <= start + buffer.Length;
            return fits ? new string(text->Text, 0, text->Bytes / sizeof(char)) : "";
        }
    }

    /// <summary>Package family of an MSIX app (<c>Claude_pzs8sxrjxfjjc</c>).</summary>
    public string PackageFamily()
    {
        // PACKAGE_FAMILY_NAME_MAX_LENGTH is 64.
        const int Longest = 65;
        var buffer = stackalloc char[Longest];
        uint length = Longest;
        return ProcessNative.GetPackageFamilyName(_process, ref length, buffer) == 0 && length is > 1 and <= Longest
            ? new string(buffer, 0, (int)length - 1)
            : "";
    }

    /// <summary>Account that runs it, <c>DOMAIN\name</c>.</summary>
    public string User()
    {
        if (!ProcessNative.OpenProcessToken(_process, ProcessNative.TokenQuery, out var token))
        {
            token.Dispose();
            return "";
        }

        using (token)
        {
            try
            {
                using var identity = new WindowsIdentity(token.DangerousGetHandle());
                return identity.Name;
            }
            catch (Exception e) when (e is ArgumentException or UnauthorizedAccessException or IdentityNotMappedException or System.Security.SecurityException)
            {
                // An account that no longer exists has no name.
                return "";
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();
}
