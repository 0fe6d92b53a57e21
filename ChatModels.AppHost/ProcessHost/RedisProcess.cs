using System.Globalization;
using ChatModels.AppHost.Programs;
using ChatModels.AppHost.Redis;

namespace ChatModels.AppHost.ProcessHost;

/// <summary>The Redis of this run: one that is started, with its data directory held, or one that already runs.</summary>
internal sealed record RedisProcess(string ConnectionString, ChildProcess? Process = null, RedisDataDirectory? Data = null)
{
    public static async Task<RedisProcess> DescribeAsync(AppHostOptions options, CancellationToken cancellationToken)
    {
        if (options.Redis.Kind == RedisKind.External)
        {
            return await RedisProbe.AnswersAsync(options.Redis.Host, options.Redis.Port, cancellationToken)
                ? new RedisProcess(options.Redis.Endpoint)
                : throw new StartFailedException(RedisProbe.NoAnswer(options.Redis.Endpoint));
        }

        var server = RedisServer.Find(options.Redis.Kind) ?? throw new StartFailedException(RedisServer.NoneOnPath);
        var parent = options.DataDirectory ?? Path.Combine(BuildFacts.Artifacts, "redis");
        var data = RedisDataDirectory.TryTake(parent, server.DataFolder, options.Fresh) ?? throw new StartFailedException(RedisDataDirectory.InUse(parent));
        var port = Ports.Free();
        return new RedisProcess(string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"), Start(server, port, data.Path), data);
    }

    private static ChildProcess Start(RedisServer server, int port, string directory) =>
        new("redis", server.Program, [.. server.Arguments(port.ToString(CultureInfo.InvariantCulture), directory).Cast<string>()])
        {
            WorkingDirectory = directory,
            Environment = DeveloperEnvironment.Clean(),
            IsReady = cancellationToken => RedisProbe.AnswersAsync("127.0.0.1", port, cancellationToken),
            ReadyWithin = TimeSpan.FromSeconds(60), // Garnet is downloaded once
            Cure = "use another with --redis local, garnet or HOST:PORT, or drop its data with --fresh",
        };
}
