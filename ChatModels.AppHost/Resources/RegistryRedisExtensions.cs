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
            return builder.AddRedis(name).WithDataVolume().WithAppendOnlyFile();
        }

        return options.Redis.Kind switch
        {
            RedisKind.External => builder.AddExternalRedis(name, options.Redis),
            RedisKind.Container => builder.AddRedisContainer(name, options),
            RedisKind.Auto when ContainerEngine.Answers() => builder.AddRedisContainer(name, options),
            _ => builder.AddLocalRedis(name, options),
        };
    }

    private static IResourceBuilder<IResourceWithConnectionString> AddExternalRedis(this IDistributedApplicationBuilder builder, string name, RedisChoice choice)
    {
        // Nothing in Aspire would say so: a connection string has no health, and everything else would wait for it or run without.
        builder.OnBeforeStart(async (_, cancellationToken) =>
        {
            if (!await RedisProbe.AnswersAsync(choice.Host, choice.Port, cancellationToken))
            {
                throw new DistributedApplicationException(RedisProbe.NoAnswer(choice.Endpoint));
            }
        });
        return builder.AddConnectionString(name, expression => expression.AppendLiteral(choice.Endpoint));
    }

    private static IResourceBuilder<RedisResource> AddRedisContainer(this IDistributedApplicationBuilder builder, string name, AppHostOptions options)
    {
        // What is held keeps two servers off one volume; the data is in the volume.
        var held = builder.TakeData("container", options with { Fresh = false });
        var redis = builder.AddRedis(name);
        redis = redis.WithDataVolume(options.DataDirectory is null ? null : RedisContainerExtensions.VolumeFor(held.Path)).WithAppendOnlyFile();
        return options.Fresh ? redis.WithEmptyData() : redis;
    }

    private static IResourceBuilder<LocalRedisResource> AddLocalRedis(this IDistributedApplicationBuilder builder, string name, AppHostOptions options)
    {
        var server = RedisServer.Find(options.Redis.Kind) ?? throw new DistributedApplicationException(RedisServer.NoneOnPath);
        var data = builder.TakeData(server.DataFolder, options);
        var resource = new LocalRedisResource(name, server.Program, data.Path);
        var healthCheck = $"{name}_check";
        builder.Services.AddHealthChecks().AddRedis(_ => resource.ConnectionString, name: healthCheck);

        return builder.AddResource(resource)
            .WithEndpoint(scheme: "redis", name: LocalRedisResource.EndpointName)
            .WithArgs(context => resource.AddArguments(server, context.Args))
            .WithHealthCheck(healthCheck)
            .OnConnectionStringAvailable(async (redis, _, cancellationToken) => await redis.ReadConnectionStringAsync(cancellationToken));
    }

    private static RedisDataDirectory TakeData(this IDistributedApplicationBuilder builder, string folder, AppHostOptions options)
    {
        var parent = options.DataDirectory ?? Path.Combine(BuildFacts.Artifacts, "redis");
        var data = RedisDataDirectory.TryTake(parent, folder, options.Fresh) ?? throw new DistributedApplicationException(RedisDataDirectory.InUse(parent));
        builder.Services.AddSingleton(data); // held for as long as the application lives
        return data;
    }
}
