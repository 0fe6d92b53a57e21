using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace ChatModels.ServiceDefaults.Redis;

/// <summary>Single options beside the connection string, in the order in which Aspire's client applies them; the later one wins.</summary>
internal static class RedisConfigurationSection
{
    public static void Bind(IConfiguration configuration, ConfigurationOptions options)
    {
        var section = configuration.GetSection(RedisConnectionString.SectionName);
        section.GetSection("ConfigurationOptions").Bind(options);
        section.GetSection(RedisConnectionString.ConnectionName).GetSection("ConfigurationOptions").Bind(options);
    }
}
