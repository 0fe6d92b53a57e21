namespace ChatModels.AppHost.ProcessHost;

/// <summary>Something that must be there before all is ready is not; the message is the one line that is shown, and names the cure.</summary>
internal sealed class StartFailedException(string message) : Exception(message);
