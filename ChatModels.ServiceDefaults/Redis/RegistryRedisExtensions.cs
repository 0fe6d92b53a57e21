using ChatModels.ServiceDefaults.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

public static class RegistryRedisExtensions
{
    /// <summary>
    /// The registry's Redis, from ConnectionStrings:redis: one <see cref="IConnectionMultiplexer"/>, opened in the background, and a health check that
    /// degrades. Without a connection string nothing is registered. Resolving the multiplexer blocks while its first connect runs: the connect timeout, 5 s,
    /// where nobody answers.
    /// </summary>
    public static TBuilder AddRegistryRedis<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (RedisConnectionString.Find(builder.Configuration) is not { } connectionString)
        {
            return builder;
        }

        RedisConfigurationSection.Bind(builder.Configuration, connectionString.Parse()); // A mistake in either ends the start here.
        RedisClient.Add(builder, connectionString, options => Adapt(options, builder.Environment.ApplicationName));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RedisConnecting>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RedisConnecting>());
        builder.Services.AddSingleton<RedisHealthCheck>();
        builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>(RedisConnectionString.ConnectionName, HealthStatus.Degraded);

        // Some sixty lines a connect and two errors every three seconds while Redis is away; the health check tells each change in one line.
        // To read them all the same: Logging:LogLevel:StackExchange.Redis.ConnectionMultiplexer.
        builder.Logging.AddFilter("StackExchange.Redis", LogLevel.None);
        return builder;
    }

    private static void Adapt(ConfigurationOptions options, string applicationName)
    {
        // Whatever the connection string says: a Redis that is down must not keep a replica from starting.
        options.AbortOnConnectFail = false;
        // Further tries inside the first connect would only prolong it (three hang for 15 s); reconnecting goes on in the background for ever.
        options.ConnectRetry = 1;
        options.ClientName ??= applicationName;
    }
}
