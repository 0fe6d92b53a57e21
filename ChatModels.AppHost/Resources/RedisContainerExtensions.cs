using System.Security.Cryptography;
using System.Text;

namespace ChatModels.AppHost.Resources;

internal static class RedisContainerExtensions
{
    /// <summary>The volume that belongs to a directory given with --data. A volume, because files of a container in the directory itself could belong to root.</summary>
    public static string VolumeFor(string directory) =>
        $"chatmodels-redis-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory)))[..16]}";

    /// <summary>Every write of more than a second ago survives; the snapshots of WithDataVolume alone lose up to a minute of acknowledged ones.</summary>
    public static IResourceBuilder<RedisResource> WithAppendOnlyFile(this IResourceBuilder<RedisResource> redis) =>
        redis.WithArgs(context =>
        {
            string[] appendOnly = ["--appendonly", "yes", "--appendfsync", "everysec"];
            if (context.ExecutionContext.IsRunMode)
            {
                // AddRedis leaves a list open at its end, to which it adds TLS later; Aspire joins it into one shell command.
                foreach (var argument in appendOnly)
                {
                    context.Args.Add(argument);
                }
            }
            else
            {
                // Published it is ["-c", "redis-server ..."]: what follows would be the shell's, not the server's.
                context.Args[^1] = $"{context.Args[^1]} {string.Join(' ', appendOnly)}";
            }
        });

    /// <summary>Empties the volume before the server reads it (run mode, where the arguments are one shell command); once, not each time the resource is restarted.</summary>
    public static IResourceBuilder<RedisResource> WithEmptyData(this IResourceBuilder<RedisResource> redis)
    {
        var done = $"/data/emptied-{Guid.NewGuid():N}";
        return redis.WithArgs(context => context.Args.Insert(0, $"{{ test -e {done} || {{ rm -rf /data/* && touch {done}; }}; }} && exec"));
    }
}
