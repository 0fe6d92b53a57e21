using System.Globalization;

namespace ChatModels.Benchmarks.Gateway.Servers;

/// <summary>The benchmark's own servers run as processes of their own, as everything does that is measured.</summary>
internal static class ServerCommand
{
    public const string Name = "server";

    public static async Task<int> RunAsync(string[] args)
    {
        var ports = args[1..].Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
        await (args[0] switch
        {
            "upstream" => MockUpstream.RunAsync(ports[0], TimeSpan.FromMilliseconds(ports.ElementAtOrDefault(1))),
            "yarp" => YarpProxy.RunAsync(ports[0], ports[1]),
            "sink" => TelemetrySink.RunAsync(ports[0]),
            _ => throw new ArgumentException($"There is no server '{args[0]}'.", nameof(args)),
        });
        return 0;
    }
}
