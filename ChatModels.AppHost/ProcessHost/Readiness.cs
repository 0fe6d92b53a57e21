namespace ChatModels.AppHost.ProcessHost;

internal static class Readiness
{
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(2);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = OneTry };

    /// <summary>Answers with anything but an error.</summary>
    public static async Task<bool> HttpAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await Http.GetAsync(url, cancellationToken);
            return (int)response.StatusCode < 400;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
