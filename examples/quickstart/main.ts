console.log("pending");
