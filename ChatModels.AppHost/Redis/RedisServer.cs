using ChatModels.AppHost.Programs;

namespace ChatModels.AppHost.Redis;

/// <summary>A Redis-compatible server that can be started here as a process; it keeps every acknowledged write of more than a second ago.</summary>
/// <param name="Program">What to start.</param>
/// <param name="DataFolder">The name of its data directory; servers do not read each other's files.</param>
/// <param name="Arguments">From port and data directory. The port is an object because Aspire knows it only as an expression.</param>
internal sealed record RedisServer(string Program, string DataFolder, Func<object, string, IReadOnlyList<object>> Arguments)
{
    public const string NoneOnPath = "redis-server (or valkey-server) is not on the PATH: install it (apt-get install redis-server, brew install redis), or say --redis garnet, which needs no installation.";

    private const string GarnetPackage = "garnet-server@2.2.8";

    /// <summary>The server for a choice, or null where it is not to be had.</summary>
    public static RedisServer? Find(RedisKind kind) => kind switch
    {
        RedisKind.Local => FindLocal(),
        RedisKind.Garnet => Garnet(),
        _ => FindLocal() ?? Garnet(),
    };

    private static RedisServer? FindLocal() =>
        (SearchPath.Find("redis-server") ?? SearchPath.Find("valkey-server")) is { } program
            ? new RedisServer(program, "redis-server", (port, directory) =>
                ["--port", port, "--bind", "127.0.0.1", "--dir", directory, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--loglevel", "warning"])
            : null;

    // Without RandomAccess Garnet dies where libaio is missing.
    private static RedisServer Garnet() =>
        new(SearchPath.DotNet, "garnet", (port, directory) =>
            ["tool", "exec", GarnetPackage, "--yes", "--", "--port", port, "--bind", "127.0.0.1",
             "--aof", "--device-type", "RandomAccess", "--recover", "--checkpointdir", directory]);
}
