using ChatModels.AppHost;
using ChatModels.AppHost.Programs;
using ChatModels.AppHost.Redis;
using ChatModels.AppHost.Resources;

if (!AppHostOptions.TryParse(args, out var options, out var mistake))
{
    Console.Error.WriteLine(mistake);
    return 2;
}

if (options.Help)
{
    Console.WriteLine($"Options: {AppHostOptions.List}, and Aspire's own.");
    return 0;
}

try
{
    var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
    {
        Args = [.. options.Others],
        DisableDashboard = !options.Dashboard,
    });

    var redis = builder.AddRegistryRedis("redis", options);

    // Published there is no directory that both see: the manifest knows no volumes of projects, and each volume is one resource's own. Then files are in Redis, as far as they fit; README says how to share one.
    var files = builder.ExecutionContext.IsRunMode ? FilesDirectory.Prepare(options) : null;

    var api = builder.AddProject<Projects.ChatModels_Api>("api", launchProfileName: null)
        .WithWebEndpoint(builder.ExecutionContext.IsRunMode && options.Port > 0 ? options.Port : null)
        .WithExternalHttpEndpoints()
        .WithHttpHealthCheck("/health")
        .WithAdminKey()
        .WithFiles(files)
        .WithReference(redis)
        .WaitFor(redis)
        .WithApiUrls()
        .WithRefreshCommand();

    builder.AddProject<Projects.ChatModels_Worker>("worker", launchProfileName: null)
        .WithWebEndpoint()
        .WithHttpHealthCheck("/health")
        .WithFiles(files)
        .WithReference(redis)
        .WithReference(api)
        .WaitFor(redis)
        .WaitFor(api)
        .WithWorkerUrls()
        .WithDrainCommands()
        .WithWelcome(api);

    await builder.Build().RunAsync();
    return 0;
}
catch (DistributedApplicationException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(RedisDataDirectory.Unusable(problem));
    return 1;
}
