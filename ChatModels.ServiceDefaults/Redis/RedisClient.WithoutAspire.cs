using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace ChatModels.ServiceDefaults.Redis;

/// <summary>The twin of Aspire.StackExchange.Redis for feeds that lack it: the same keys in the same order, the same registration.</summary>
internal static class RedisClient
{
    public static void Add(IHostApplicationBuilder builder, RedisConnectionString connectionString, Action<ConfigurationOptions> configure)
    {
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var options = connectionString.Parse();
            RedisConfigurationSection.Bind(builder.Configuration, options);
            configure(options);
            options.LoggerFactory ??= services.GetService<ILoggerFactory>();
            return ConnectionMultiplexer.Connect(options);
        });
    }
}
