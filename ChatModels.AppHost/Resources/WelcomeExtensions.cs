using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatModels.AppHost.Resources;

internal static class WelcomeExtensions
{
    private const string DashboardName = "aspire-dashboard";

    /// <summary>Says where everything is when the last resource is ready, and so all are.</summary>
    public static IResourceBuilder<ProjectResource> WithWelcome(this IResourceBuilder<ProjectResource> last, IResourceBuilder<ProjectResource> api) =>
        last.OnResourceReady(async (_, ready, cancellationToken) =>
        {
            // One write: log lines of the resources stay outside.
            Console.WriteLine(string.Join(Environment.NewLine, Welcome.Lines(api.GetEndpoint("http").Url, last.GetEndpoint("http").Url)));
            if (await FindDashboardAsync(ready.Services, cancellationToken) is { } url)
            {
                Console.WriteLine(Welcome.Dashboard(url));
            }
        });

    private static async Task<string?> FindDashboardAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var resources = services.GetRequiredService<DistributedApplicationModel>().Resources;
        if (resources.FirstOrDefault(resource => resource.Name == DashboardName) is not IResourceWithEndpoints dashboard)
        {
            return null;
        }

        try
        {
            await services.GetRequiredService<ResourceNotificationService>()
                .WaitForResourceHealthyAsync(DashboardName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);
        }
        catch (DistributedApplicationException)
        {
            return null; // It failed, and Aspire has said so.
        }

        var (https, http) = (dashboard.GetEndpoint("https"), dashboard.GetEndpoint("http"));
        var url = https.Exists ? https.Url : http.Url;
        return services.GetRequiredService<IConfiguration>()["AppHost:BrowserToken"] is { Length: > 0 } token ? $"{url}/login?t={token}" : url;
    }
}
