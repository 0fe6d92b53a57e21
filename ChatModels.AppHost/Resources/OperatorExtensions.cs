namespace ChatModels.AppHost.Resources;

/// <summary>What an operator finds beside a resource in the dashboard of run mode: its URLs by name, and what can be asked of it.</summary>
internal static class OperatorExtensions
{
    public static IResourceBuilder<ProjectResource> WithApiUrls(this IResourceBuilder<ProjectResource> api) => api
        .WithUrlForEndpoint("http", url => url.DisplayText = "Api")
        .WithUrlForEndpoint("http", _ => new() { Url = "/scalar", DisplayText = "API reference" })
        .WithUrlForEndpoint("http", _ => new() { Url = "/registry", DisplayText = "Registry", DisplayLocation = UrlDisplayLocation.DetailsOnly })
        .WithUrlForEndpoint("http", _ => new() { Url = "/registry/replicas", DisplayText = "Replicas", DisplayLocation = UrlDisplayLocation.DetailsOnly });

    public static IResourceBuilder<ProjectResource> WithWorkerUrls(this IResourceBuilder<ProjectResource> worker) => worker
        .WithUrlForEndpoint("http", url =>
        {
            url.DisplayText = "Worker";
            url.DisplayLocation = UrlDisplayLocation.DetailsOnly;
        });

    /// <summary>The commands are HTTP requests from this machine, which in development need no key; published there is no dashboard to give them from.</summary>
    public static IResourceBuilder<ProjectResource> WithRefreshCommand(this IResourceBuilder<ProjectResource> api) => api.WithRequest(
        "/registry/refresh", "Refresh registry", "refresh-registry",
        new HttpCommandOptions { Method = HttpMethod.Post, IconName = "ArrowSync", IsHighlighted = true, Description = "Compares the Api's registry with Redis now." });

    public static IResourceBuilder<ProjectResource> WithDrainCommands(this IResourceBuilder<ProjectResource> worker) => worker
        .WithRequest("/drain", "Drain worker", "drain-worker", new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            IconName = "ArrowDownload",
            IsHighlighted = true,
            Description = "Has the worker finish what it runs and begin nothing new.",
            ConfirmationMessage = "The worker will take no new batches until it is told to, or restarted. Drain it?",
        })
        .WithRequest("/drain", "Take work again", "resume-worker", new HttpCommandOptions
        {
            Method = HttpMethod.Delete,
            IconName = "Play",
            Description = "Ends the worker's draining.",
        });

    private static IResourceBuilder<ProjectResource> WithRequest(
        this IResourceBuilder<ProjectResource> project, string path, string displayName, string name, HttpCommandOptions options)
    {
        options.ResultMode = HttpCommandResultMode.Auto;
        return project.ApplicationBuilder.ExecutionContext.IsRunMode
            ? project.WithHttpCommand(path, displayName, endpointName: "http", commandName: name, commandOptions: options)
            : project;
    }
}
