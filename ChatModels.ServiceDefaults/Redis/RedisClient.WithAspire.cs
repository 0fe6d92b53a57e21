using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace ChatModels.ServiceDefaults.Redis;

/// <summary>Aspire's own client, with what does not fit switched off.</summary>
internal static class RedisClient
{
    public static void Add(IHostApplicationBuilder builder, RedisConnectionString connectionString, Action<ConfigurationOptions> configure) =>
        builder.AddRedisClient(
            RedisConnectionString.ConnectionName,
            settings =>
            {
                settings.ConnectionString = connectionString.Value;
                settings.DisableHealthChecks = true; // Theirs reports Unhealthy and would take every replica out of rotation; ours degrades.
                settings.DisableTracing = true; // It would register a tracer provider even where nothing is exported.
                settings.DisableAutoActivation = true; // It connects inside the host's start and holds it up; RedisConnecting does not.
            },
            configure);
}
