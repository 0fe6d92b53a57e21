using ChatModels.AppHost.Programs;
using ChatModels.AppHost.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace ChatModels.AppHost.Resources;

/// <summary>The Redis of the registry: a container where an engine answers and whenever publishing, else a process on this machine, or one that already runs.</summary>
internal static class RegistryRedisExtensions
{
    public static IResourceBuilder<IResourceWithConnectionString> AddRegistryRedis(this IDistributedApplicationBuilder builder, string name, AppHostOptions options)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return builder.AddRedisContainer(name, fresh: false);
        }

        return options.Redis.Kind switch
        {
            RedisKind.External => builder.AddConnectionString(name, expression => expression.AppendLiteral(options.Redis.Endpoint)),
            RedisKind.Container => builder.AddRedisContainer(name, options.Fresh),
            RedisKind.Auto when ContainerEngine.Answers() => builder.AddRedisContainer(name, options.Fresh),
            _ => builder.AddLocalRedis(name, options),
        };
    }

    private static IResourceBuilder<RedisResource> AddRedisContainer(this IDistributedApplicationBuilder builder, string name, bool fresh)
    {
        var redis = builder.AddRedis(name).WithDataVolume().WithAppendOnlyFile();
        return fresh ? redis.WithEmptyData() : redis;
    }

    private static IResourceBuilder<LocalRedisResource> AddLocalRedis(this IDistributedApplicationBuilder builder, string name, AppHostOptions options)
    {
        var server = RedisServer.Find(options.Redis.Kind) ?? throw new DistributedApplicationException(RedisServer.NoneOnPath);
        var parent = options.DataDirectory ?? Path.Combine(BuildFacts.Artifacts, "redis");
        var data = RedisDataDirectory.TryTake(parent, server.DataFolder, options.Fresh) ?? throw new DistributedApplicationException(RedisDataDirectory.InUse(parent));
        builder.Services.AddSingleton(data); // held for as long as the application lives

        var resource = new LocalRedisResource(name, server.Program, data.Path);
        var healthCheck = $"{name}_check";
        builder.Services.AddHealthChecks().AddRedis(_ => resource.ConnectionString, name: healthCheck);

        return builder.AddResource(resource)
            .WithEndpoint(scheme: "redis", name: LocalRedisResource.EndpointName)
            .WithArgs(context => resource.AddArguments(server, context.Args))
            .WithHealthCheck(healthCheck)
            .OnConnectionStringAvailable(async (redis, _, cancellationToken) => await redis.ReadConnectionStringAsync(cancellationToken));
    }
}
