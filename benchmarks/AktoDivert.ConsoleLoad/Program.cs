using AktoDivert.ConsoleLoad;

switch (args)
{
    case ["ingest", .. var rest]:
        return await IngestLoad.RunAsync(rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 100_000);
    case ["filters", .. var rest]:
        return await FilterLoad.RunAsync(rest.Length > 0 ? int.Parse(rest[0], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000);
    case ["filters-of", var database, var data]:
        return await FilterLoad.RunAsync(database, data);
    // Started by ingest.
    case ["send", var address, var token, var calls]:
        return await Sender.RunAsync(new Uri(address), token, int.Parse(calls, System.Globalization.CultureInfo.InvariantCulture));
    default:
        Console.Error.WriteLine("usage: ingest [calls] | filters [calls] | filters-of DATABASE DATA-DIRECTORY");
        return 2;
}
