using System.Net;
using System.Net.Sockets;

namespace Helpdesk.Testing;

/// <summary>A loopback port for a program that is started, stopped and started again.</summary>
public static class FreePort
{
    /// <summary>
    /// Below the range from which the system takes ports for outgoing connections: until the program listens, and while it is down,
    /// nobody else may get its port, not even a client that knocks there (which could then be connected with itself).
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // taken
            }
        }
    }
}
